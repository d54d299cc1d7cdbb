"""What the company looks like from above: dashboards, analysis, forecast and the demo company."""
