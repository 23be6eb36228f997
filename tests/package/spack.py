"""spack.py RECIPE SOURCE: runs a recipe of Spack's with stand-ins for the modules that it imports. Prints the arguments for cmake, one a
line, with all variants and then, after an empty line, with none. An option that SOURCE/CMakeLists.txt doesn't have is an error."""

import contextlib
import re
import sys
import types

DIRECTIVES = {"version": [], "variant": [], "depends_on": []}


def directive(name):
    return lambda *arguments, **options: DIRECTIVES[name].append((arguments, options))


class Spec:
    """Which variants are on, and where dependencies are."""

    def __init__(self, variants):
        self.variants = variants

    def satisfies(self, text):
        name = text.lstrip("+~")
        if name not in KNOWN:
            sys.exit("the recipe asks for a variant that it has not: " + text)
        return (name in self.variants) == text.startswith("+")

    def __getitem__(self, name):
        names = {arguments[0].split("@")[0] for arguments, _ in DIRECTIVES["depends_on"]}
        if name not in names:
            sys.exit("the recipe uses what it doesn't depend on: " + name)
        return types.SimpleNamespace(prefix=types.SimpleNamespace(lib="/spack/%s/lib" % name))


class CMakePackage:
    @staticmethod
    def define(name, value):
        return "-D%s=%s" % (name, "ON" if value is True else "OFF" if value is False else value)

    def define_from_variant(self, name, variant):
        return self.define(name, self.spec.satisfies("+" + variant))


class Environment(list):
    def prepend_path(self, name, path):
        self.append((name, path))


def when(condition):
    return contextlib.nullcontext()


modules = {name: types.ModuleType(name) for name in ("spack", "spack.package", "spack_repo", "spack_repo.builtin",
                                                     "spack_repo.builtin.build_systems", "spack_repo.builtin.build_systems.cmake")}
for name in DIRECTIVES:
    setattr(modules["spack.package"], name, directive(name))
modules["spack.package"].when = when
modules["spack_repo.builtin.build_systems.cmake"].CMakePackage = CMakePackage
sys.modules.update(modules)

namespace = {}
with open(sys.argv[1], encoding="utf-8") as file:
    exec(compile(file.read(), "package.py", "exec"), namespace)
KNOWN = [arguments[0] for arguments, _ in DIRECTIVES["variant"]]
with open(sys.argv[2] + "/CMakeLists.txt", encoding="utf-8") as file:
    OPTIONS = set(re.findall(r"option\((\w+)", file.read())) | {"BUILD_SHARED_LIBS"}
for chosen in (KNOWN, []):
    package = namespace["Rankpool"]()
    package.spec = Spec(chosen)
    arguments = package.cmake_args()
    unknown = [argument for argument in arguments if re.match(r"-D(\w+)=", argument).group(1) not in OPTIONS]
    if unknown:
        sys.exit("there is no option for " + ", ".join(unknown))
    environment = Environment()
    package.setup_run_environment(environment)
    if bool(environment) != ("program" in chosen):
        sys.exit("the environment of the program: %s" % environment)
    print("\n".join(arguments) + "\n")
