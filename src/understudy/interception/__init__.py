"""Interception: code under test runs unchanged, production URL and all, and reaches the mock."""

from understudy.interception.interception import Interception as Interception
from understudy.interception.interception import intercept as intercept
