"""The only writers of this floor."""
