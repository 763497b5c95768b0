"""The bundled organisms as a provider of Inspect."""
