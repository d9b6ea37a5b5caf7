"""The only writers of the grievance floor."""
