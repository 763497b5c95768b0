"""The pages in a real browser. A package, since its conftest stands beside that of all tests."""
