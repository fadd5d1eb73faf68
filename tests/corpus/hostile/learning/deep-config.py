# hopes: that a structure of many thousand levels overflows the stack where the model is opened
# stopped by: too many levels are an error; a process that dies over a model is replaced, and the line fails
# base: models
# costs: save.restores failed
# costs: save.restores_trained failed

import zipfile


def _spoil(path, members):
    members["config.json"] = b'{"config": ' * 30_000 + members["config.json"] + b"}" * 30_000
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
