"""What maintainers run: nothing here is deployed."""
