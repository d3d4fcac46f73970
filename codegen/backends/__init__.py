"""One folder for each target: a printer, templates, and the module that puts the two together."""
