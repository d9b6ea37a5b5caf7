"""How days are written where Django knows no way of the language's own, or an American one."""
