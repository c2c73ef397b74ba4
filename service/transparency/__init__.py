"""What everybody may see and check: public queries, the transparency report, the invariants. No tables."""
