"""What builds the documentation as a site: see mkdocs.yml."""
