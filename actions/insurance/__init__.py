"""What customers of an insurer want done, each as a script (`actions.tasks`)."""
