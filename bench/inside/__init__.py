"""What is measured from within an installation, in a process of its own: each module prints its answer as JSON."""
