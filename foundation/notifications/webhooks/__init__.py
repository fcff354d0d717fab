"""How a webhook leaves: where it may go, how it is signed, how its secret is kept. No models here."""
