"""django-helpdesk, which does a part of the same work: installed for measuring alone, in an environment of its own."""
