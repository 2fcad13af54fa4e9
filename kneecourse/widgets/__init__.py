"""What a learner touches. The only place that imports anywidget."""
