"""Settings: a frozen Pydantic model whose fields know how they are controlled."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Self, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.fields import FieldInfo

from core.controls import Choice, Choices, Control, Data


class SettingError(ValueError):
    """One field was given what it does not allow. ``str`` is one line that says all three."""

    def __init__(self, field: str, given: object, allowed: str) -> None:
        self.field, self.given, self.allowed = field, given, allowed
        super().__init__(f"{field}: given {_short(given)}, allowed: {allowed}")


class Incomplete(SettingError):
    """A file is asked for and none is given yet. settings: what was given, that file left empty."""

    def __init__(self, field: str, allowed: str, settings: Settings) -> None:
        super().__init__(field, "", allowed)
        self.settings = settings


class Settings(BaseModel):
    """The base of every experiment's settings: frozen, no unknown fields, no NaN, no infinity."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @classmethod
    def controls(cls) -> dict[str, Control]:
        """The control of each field, in order."""
        found = {name: _control(info) for name, info in cls.model_fields.items()}
        return {name: control for name, control in found.items() if control is not None}

    @classmethod
    def choices(cls, name: str) -> tuple[Any, ...]:
        """The values that a Choice or Choices field allows."""
        args = get_args(cls.model_fields[name].annotation)
        return get_args(args[0]) if len(args) == 2 and args[1] is Ellipsis else args

    @classmethod
    def parse(
        cls, raw: Mapping[str, str | Sequence[str]], base: Mapping[str, Any] | None = None
    ) -> Self:
        """Settings from text, as a command line or an address gives it; base: where it is silent.

        A choice may be given by its value or by its words on screen; several choices as a list or
        with commas between them. Raises SettingError for the first field that is wrong.
        """
        controls = cls.controls()
        values: dict[str, Any] = dict(base or {})
        for name, given in raw.items():
            if name not in controls:
                raise SettingError(name, given, f"the fields are {', '.join(controls)}")
            values[name] = cls._read(name, controls[name], given)
        return cls.checked(values)

    @classmethod
    def checked(cls, values: Mapping[str, Any]) -> Self:
        """Settings from values; raises SettingError for the first field that is wrong.

        A file that applies and is not given is Incomplete.
        """
        try:
            settings = cls(**values)
        except ValidationError as error:
            first = error.errors()[0]
            name = str(first["loc"][0]) if first["loc"] else "settings"
            given = values.get(name, first.get("input"))
            raise SettingError(name, given, cls._allowed(name, first)) from None
        for name, control in cls.controls().items():
            if (
                isinstance(control, Data)
                and name in settings.active()
                and not getattr(settings, name)
            ):
                raise Incomplete(name, control.allowed(), settings)
        return settings

    @classmethod
    def schema(cls) -> dict[str, Any]:  # type: ignore[override]
        """The JSON schema, with each field's label, help, unit, level and when."""
        schema = cls.model_json_schema()
        for name, control in cls.controls().items():
            entry = schema["properties"][name]
            entry |= {
                "title": control.label,
                "x-control": type(control).__name__,
                "x-level": control.level,
            }
            extra = {"description": control.help, "x-unit": control.unit}
            extra["x-when"] = {k: list(v) for k, v in control.when.items()}  # type: ignore[assignment]
            entry |= {key: value for key, value in extra.items() if value}
        return schema

    def active(self) -> list[str]:
        """The names of the fields that apply, in order."""
        controls = type(self).controls()
        return [name for name in controls if self._applies(name, controls)]

    def canonical(self) -> Self:
        """The same settings with every field that does not apply at its default."""
        active = set(self.active())
        return type(self)(
            **{name: getattr(self, name) for name in type(self).controls() if name in active}
        )

    def key(self) -> str:
        """A text that two settings share exactly when they ask for the same run."""
        dumped = self.model_dump(mode="json")
        return json.dumps({name: dumped[name] for name in self.active()}, sort_keys=True)

    def _applies(self, name: str, controls: dict[str, Control]) -> bool:
        for other, values in controls[name].when.items():
            have = getattr(self, other)
            met = bool(set(have) & set(values)) if isinstance(have, tuple) else have in values
            if not (met and self._applies(other, controls)):
                return False
        return True

    @classmethod
    def _read(cls, name: str, control: Control, given: str | Sequence[str]) -> Any:
        if isinstance(control, Choices):
            parts = given.split(",") if isinstance(given, str) else list(given)
            known = {control.words(value): value for value in cls.choices(name)}
            return tuple(known.get(part.strip(), part.strip()) for part in parts)
        text = given if isinstance(given, str) else given[-1]
        if isinstance(control, Choice):
            known = {control.words(value): value for value in cls.choices(name)}
            return known.get(text, text)
        return text

    @classmethod
    def _allowed(cls, name: str, error: Mapping[str, Any]) -> str:
        control = cls.controls().get(name)
        if error["type"] == "value_error":
            return str(error["ctx"]["error"])
        if control is None:
            return f"the fields are {', '.join(cls.controls())}"
        if isinstance(control, Choice):
            return " | ".join(str(value) for value in cls.choices(name))
        if isinstance(control, Choices):
            return f"{control.least} to {control.most} of " + " | ".join(cls.choices(name))
        whole = cls.model_fields[name].annotation is int
        words = control.allowed()
        return words.replace("a number", "a whole number") if whole else words


def _control(info: FieldInfo) -> Control | None:
    return next((item for item in info.metadata if isinstance(item, Control)), None)


def _short(given: object) -> str:
    text = repr(given)
    return text if len(text) <= 60 else text[:57] + "..."
