"""The settings. Everything that differs between machines comes from the environment and is checked at start."""

from hotline.settings.backends import *
from hotline.settings.browser import *
from hotline.settings.house import *
from hotline.settings.limits import *
from hotline.settings.people import *
from hotline.settings.rooms import *
from hotline.settings.ways_out import *
