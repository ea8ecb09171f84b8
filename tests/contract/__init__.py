"""The public contract: its document, hostile requests, every refusal by its exact status and words."""
