"""The native form of the provider: a plugin, ``emr-serverless``, for programs in every language. Thin over ``verbs``.

- ``plugin`` speaks Pulumi's protocol, ``provider`` answers it; ``values`` turns its values into plain property bags and back.
- ``resources`` are the resources as the plugin needs them: previews, plans, imports, on plain bags.
- ``component`` is what a program declares: a ``JobRun`` that holds a launch token and a run.
- ``schema`` describes it all for the SDKs, in ``schema.json``; ``host`` is what the verbs need of the plugin.

The API of ``pulumi.provider.experimental`` may change, so ``plugin``, ``provider`` and ``values`` alone touch it. Nothing here is imported
by the dynamic form.
"""
