"""Fjordkraft Demo AS: the made-up company whose people both sandboxes start with."""
