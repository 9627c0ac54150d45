"""The Streamlit app: pages without logic, on the same road as the command."""
