# hopes: that a member of the archive with a path is written outside of the examiner's folder
# stopped by: an archive with other members than Keras' three is refused
# base: models
# costs: save.restores failed
# costs: save.restores_trained failed

import zipfile


def _spoil(path, members):
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
        for name in ("../attack.py", "/tmp/digitlab-canary", "assets/../../sitecustomize.py"):
            archive.writestr(name, "raise SystemExit")


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
