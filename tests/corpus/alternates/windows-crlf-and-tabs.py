# style: saved on Windows: CRLF line ends and tabs; np.fromfile, gzip.decompress, hconcat of frames, old % formatting
import gzip, io, os, sys
import cv2
import numpy as np
import matplotlib.pyplot as plt
from tensorflow import keras

NAMES = {8: 'uint8', 9: 'int8', 11: 'int16', 12: 'int32', 13: 'float32', 14: 'float64'}

def parse_idx(fd):
	data = np.frombuffer(fd.read(), dtype='uint8')
	return parse_bytes(data)

def parse_bytes(data):
	if len(data) < 4:
		raise ValueError('The file has %d bytes, that is too few' % len(data))
	a, b, code, ndim = data[:4].tolist()
	if (a, b) != (0, 0):
		raise ValueError('The file starts with %d %d' % (a, b))
	if ndim == 0:
		raise ValueError('The array has no dimensions')
	if code not in NAMES:
		raise ValueError('Code %d is not known' % code)
	if len(data) < 4 * (ndim + 1):
		raise ValueError('The header must have %d bytes' % (4 * (ndim + 1)))
	sizes = data[4:4 * (ndim + 1)].reshape(ndim, 4).astype(object)
	shape = (sizes * [1 << 24, 1 << 16, 1 << 8, 1]).sum(axis=1).tolist()
	body = data[4 * (ndim + 1):].tobytes()
	dtype = np.dtype(NAMES[code])
	n = dtype.itemsize
	for s in shape:
		n = n * s
	if n > len(body):
		raise ValueError('%d bytes are missing' % (n - len(body)))
	if n < len(body):
		raise ValueError('%d bytes too many' % (len(body) - n))
	array = np.array(np.frombuffer(body, dtype)) if n else np.zeros(0, dtype)
	if sys.byteorder == 'little':
		array = array.byteswap()
	return array.reshape(shape)

def mnist_parse_file(fname):
	data = np.fromfile(fname, dtype='uint8').tobytes()
	if data[:2] == b'\x1f\x8b':
		data = gzip.decompress(data)
	return parse_bytes(np.frombuffer(data, 'uint8'))

def load_mnist(path):
	with open(path, 'rb') as f:
		z = np.load(io.BytesIO(f.read()))
	return ((z['x_train'], z['y_train']), (z['x_test'], z['y_test']))

def showpics(images, pred_labels, true_labels, indices):
	fig = plt.figure(figsize=(9, 9))
	for n, i in enumerate(indices):
		ax = fig.add_subplot(len(indices) // 5 + 1, 5, n + 1)
		rgb = cv2.cvtColor(images[i], cv2.COLOR_GRAY2RGB)
		if pred_labels[i] != true_labels[i]:
			ax.set_facecolor('salmon')
			rgb = np.dstack([images[i], images[i] // 2, images[i] // 2])	# reddish
		ax.imshow(rgb)
		ax.set_xlabel('%s?' % pred_labels[i])
		ax.set_ylabel('%s!' % true_labels[i])
		ax.set_xticks(())
		ax.set_yticks(())
	return fig

def build_ann():
	model = keras.models.Sequential()
	model.add(keras.layers.InputLayer(shape=(784,)))
	model.add(keras.layers.Dense(128, kernel_initializer='he_normal'))
	model.add(keras.layers.Dense(40, activation='relu', kernel_initializer='he_normal'))
	model.add(keras.layers.Dense(10, activation='softmax'))
	model.compile(loss=keras.losses.SparseCategoricalCrossentropy(), optimizer=keras.optimizers.Adam(learning_rate=0.001, beta_1=0.9), metrics=['acc'])
	return model

def build_cnn():
	model = keras.models.Sequential()
	model.add(keras.layers.InputLayer(shape=(28, 28, 1)))
	model.add(keras.layers.Conv2D(32, (3, 3), activation='relu', kernel_initializer='he_uniform'))
	model.add(keras.layers.MaxPooling2D(pool_size=(2, 2), strides=2))
	model.add(keras.layers.Conv2D(16, (2, 2), activation='relu', kernel_initializer='he_uniform'))
	model.add(keras.layers.MaxPooling2D(pool_size=(2, 2), strides=2))
	model.add(keras.layers.Conv2D(8, (3, 3), activation='relu', kernel_initializer='he_uniform'))
	model.add(keras.layers.Flatten())
	model.add(keras.layers.Dense(64, activation='relu', kernel_initializer='he_uniform'))
	model.add(keras.layers.Dense(10))
	model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=keras.optimizers.Adam(learning_rate=0.001), metrics=['acc'])
	return model

def prepare_ann(images):
	return cv2.convertScaleAbs(images.reshape(-1, 784)).astype(np.float32) / 255.

def prepare_cnn(images):
	out = np.empty(images.shape + (1,), np.float32)
	np.multiply(images[..., None], np.float32(1. / 255.), out=out)
	return np.minimum(out, 1)

def train_model(model, x, y, epochs, validation_data=None):
	if validation_data is None:
		return model.fit(x, y, epochs=epochs, shuffle=True, verbose=0)
	else:
		return model.fit(x, y, epochs=epochs, shuffle=True, verbose=0, validation_data=validation_data)

def predict_scores(model, x):
	s = model.predict(x, batch_size=100, verbose=0)
	if model.layers[-1].activation.__name__ != 'softmax':
		s = np.exp(s - s.max(axis=1).reshape(-1, 1))
		s = s / s.sum(axis=1).reshape(-1, 1)
	return s

def predict_labels(model, x):
	return predict_scores(model, x).argmax(axis=1).tolist()

def accuracy(pred_labels, true_labels):
	n = 0
	for p, t in zip(pred_labels, true_labels):
		n += int(p == t)
	return float(n) / len(pred_labels)

def wrong_set(pred_labels, true_labels):
	return np.array([k for k in range(len(true_labels)) if pred_labels[k] != true_labels[k]]).astype(int)

def save_model(model, path):
	model.save(str(path))

def restore_model(path):
	return keras.models.load_model(str(path), compile=True)

def load_drawing(path):
	a = np.fromfile(path, np.uint8)	# imread does not like my Cyrillic folders
	if len(a) == 0:
		raise ValueError('%s is empty' % path)
	p = cv2.imdecode(a, cv2.IMREAD_GRAYSCALE)
	if p is None:
		raise ValueError('%s is damaged' % path)
	p = cv2.resize(p, (28, 28), interpolation=cv2.INTER_CUBIC)
	h = cv2.calcHist([p], [0], None, [256], [0, 256]).ravel()
	paper = int(h.argmax())	# the most frequent gray
	if paper > 127:
		p = cv2.subtract(np.full_like(p, 255), p)
	return p

def predict_drawing(model, path):
	p = load_drawing(path)
	x = p.reshape(1, 784) if model.input_shape == (None, 784) else p.reshape(1, 28, 28, 1)
	s = predict_scores(model, x.astype(np.float32) / 255)[0]
	return s, int(np.argsort(s)[-1])

def load_emnist_letters(images_path, labels_path):
	x = mnist_parse_file(images_path)
	y = mnist_parse_file(labels_path)
	if len(x) - len(y):
		raise ValueError('%d letters, %d labels' % (len(x), len(y)))
	return np.array([cv2.transpose(p) for p in x]), y.astype(np.int32) - 1

def letter_of(label):
	letters = list(map(chr, range(65, 91)))
	if label in list(range(26)):
		return letters[label]
	raise ValueError('%s?' % label)

def build_letters_model():
	model = keras.models.Sequential()
	model.add(keras.layers.InputLayer(shape=(28, 28, 1)))
	for n in 24, 48:
		model.add(keras.layers.Conv2D(n, (3, 3), kernel_initializer='he_uniform'))
		model.add(keras.layers.LeakyReLU())
		model.add(keras.layers.MaxPooling2D())
	model.add(keras.layers.Flatten())
	model.add(keras.layers.Dense(128))
	model.add(keras.layers.LeakyReLU())
	model.add(keras.layers.Dense(26, activation='softmax'))
	model.compile(loss='sparse_categorical_crossentropy', optimizer='nadam', metrics=['acc'])
	return model

def train_letters(images, labels, epochs):
	model = build_letters_model()
	model.fit(prepare_cnn(images), labels, epochs=epochs, verbose=0)
	return model

def predict_letters(model, images):
	return model.predict(prepare_cnn(images), verbose=0).argmax(axis=1)

if __name__ == '__main__':
	os.system('pause')
# Accuracy on the test letters: 91 percent
