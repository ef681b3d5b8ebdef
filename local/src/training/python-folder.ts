/** Folder for Python environments, relative to the current folder. */
export const DEFAULT_PYTHON_FOLDER = '.venv';
