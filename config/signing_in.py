"""How people sign in, as far as it is the same in every installation: `settings.py` has what may differ."""

from datetime import timedelta

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL, LOGIN_REDIRECT_URL = "account_login", "account_home"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
ACCOUNT_ADAPTER = "foundation.participants.signin.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]  # nobody signs up: see the adapter
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation by mail has shown whose address it is
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip,10/300s/key"}  # of second factors, beside the lockout
ACCOUNT_FORMS = {
    "change_password": "foundation.participants.signin.passwords.ChangePassword",
    "reset_password_from_key": "foundation.participants.signin.passwords.ResetPassword",
}
MFA_ADAPTER = "foundation.participants.signin.adapters.SecondFactorAdapter"
MFA_FORMS = {
    name: f"foundation.participants.signin.second_factors.{form}"
    for name, form in {
        "authenticate": "SignInCode",
        "reauthenticate": "ConfirmingCode",
        "authenticate_webauthn": "SignInPasskey",
        "reauthenticate_webauthn": "ConfirmingPasskey",
        "login_webauthn": "PasskeyAlone",
    }.items()
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # a passkey alone is two factors: the device, and what unlocks it
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Data Exchange"
MFA_TOTP_TOLERANCE = 1
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # else whoever keeps trying keeps the owner out for good
AXES_CLIENT_IP_CALLABLE = "foundation.participants.signin.lockout.address"
AXES_LOCKOUT_CALLABLE = "foundation.participants.signin.lockout.locked_out"
AXES_USERNAME_CALLABLE = "foundation.participants.signin.lockout.username"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code", "credential"]  # a mistyped code is nearly a code
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
