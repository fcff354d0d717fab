"""How people sign in: pages below /accounts/, on top of django-allauth, with lockout by django-axes."""
