"""YAML for people who make typing mistakes: refuses what would otherwise be taken silently.

Apart from content.py because the parser takes as long to import as a notebook's first picture to draw.
"""

import yaml

DEPTH = 40  # four times what a file of this course needs


class YamlError(ValueError):
    """Text that is not such YAML; ``line`` counts from 1, None when it is not known."""

    def __init__(self, problem, line=None):
        self.problem, self.line = problem, line
        super().__init__(problem)


def read(text):
    """The lists, mappings and plain values in a text. YamlError or RecursionError for anything else.

    A key given twice, an alias and more than 40 levels of nesting are refused.
    """
    try:
        _look_through(text)
        return yaml.load(text, _Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        told = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise YamlError(told, mark and mark.line + 1) from None


def _look_through(text):
    # Before loading: the loader recurses, and a deep file would end the process.
    depth = 0
    for event in yaml.parse(text, _Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEPTH:
            raise RecursionError
        if isinstance(event, yaml.AliasEvent):
            raise yaml.constructor.ConstructorError(None, None, "write the alias out", event.start_mark)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """Safe YAML that refuses a key given twice instead of keeping the last."""


def _mapping(loader, node):
    result = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, str | int | float | bool | None) or key in result:
            twice = f"the key {key!r} stands twice; keep one"
            complaint = twice if isinstance(key, str) else "a key must be a word"
            raise yaml.constructor.ConstructorError(None, None, complaint, key_node.start_mark)
        result[key] = loader.construct_object(value_node, deep=True)
    return result


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
