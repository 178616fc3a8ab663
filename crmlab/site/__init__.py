"""The labs as a static site: JupyterLite with Python in the student's browser, from any web server.

`crmlab.site.building` has the steps, in their order; each module does one of them.
"""
