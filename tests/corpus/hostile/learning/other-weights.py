# hopes: that the file's structure is looked at, but weights of another network are used
# stopped by: weights that do not fit the structure are refused when the file is opened
# base: models
# costs: save.restores failed
# costs: save.restores_trained failed

import io
import zipfile

import h5py


def _spoil(path, members):
    """Keep the structure of 106,050 parameters; put in weights of a network with twice as many neurons."""
    content = io.BytesIO(members["model.weights.h5"])
    with h5py.File(content, "r+") as weights:
        for name in ("layers/dense/vars/0", "layers/dense/vars/1"):
            values = np.asarray(weights[name])
            del weights[name]
            weights[name] = np.concatenate([values, values], axis=-1)
    members["model.weights.h5"] = content.getvalue()
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
