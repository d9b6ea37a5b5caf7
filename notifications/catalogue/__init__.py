"""What we tell whom of which event, in which words."""
