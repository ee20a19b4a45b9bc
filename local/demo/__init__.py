"""The demonstration: real photos of people, registered and recognized through the deployed API."""
