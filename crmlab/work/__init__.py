"""The student's folder: the labs in it, its settings, and JupyterLab opened on it."""
