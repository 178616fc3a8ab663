"""The sources of all labs, read once for all files of tests: it takes a second."""

from crmlab.authoring.building import checkout, sources

ROOT = checkout()
SOURCES = sources(ROOT)
