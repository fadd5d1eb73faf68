# hopes: that a small file which unpacks to gigabytes takes all memory
# stopped by: the size is asked of the archive first, and what lies about it does not add up
# base: models
# costs: save.restores failed
# costs: save.restores_trained failed

import struct
import zipfile


def _spoil(path, members):
    """Pack a member of 300 MiB that says it has a thousand bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            if name != "config.json":
                archive.writestr(name, data)
        with archive.open("config.json", "w") as member:
            for _piece in range(300):
                member.write(b"[" * (1 << 20))
    with open(path, "r+b") as file:
        data = file.read()
        entry = data.rindex(b"PK\x01\x02")
        file.seek(entry + 24)
        file.write(struct.pack("<I", 1_000))


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
