"""Whisper as a speech recogniser that decodes only what a flow's node can accept."""
