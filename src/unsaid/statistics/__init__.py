"""Statistics: numbers without records. Nothing here knows what a reply is."""
