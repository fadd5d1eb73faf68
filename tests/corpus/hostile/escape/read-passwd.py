# hopes: to read files of the machine
# stopped by: the view and Landlock

try:
    open("/etc/passwd").read()
    it_worked("/etc/passwd was read")
except OSError:
    pass
