"""What several articles say becomes entities, actions and cases."""
