"""What customers of an energy supplier want done, each as a script (`actions.tasks`)."""
