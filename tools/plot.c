#include "tools/plot.h"
#include "circuit/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct plot {
  bool is_svg;
  const char *title;
  const struct plot_panel *panel;
  size_t panels;
  FILE *script;
  struct error *err;
};

/* ---- What gnuplot is told ---- */

static void put_text(FILE *out, const char *text) {
  putc('"', out);
  for (; *text; text++)
    if (*text == '"' || *text == '\\')
      fprintf(out, "\\%c", *text);
    else
      putc((unsigned char)*text < ' ' ? ' ' : *text, out);
  putc('"', out);
}

static bool is_shown(const struct plot_panel *p, double x, double y) {
  return (!p->is_log_x || x > 0) && (!p->is_log_y || y > 0);
}

static void put_data(FILE *out, const struct plot_panel *p, size_t panel) {
  for (size_t i = 0; i < p->lines; i++) {
    const struct plot_line *l = &p->line[i];
    fprintf(out, "$d%zu_%zu << END\n", panel, i);
    for (size_t j = 0; j < l->n; j++)
      if (is_shown(p, l->x[j], l->y[j]))
        fprintf(out, "%.9g %.9g\n", l->x[j], l->y[j]);
    fprintf(out, "END\n");
  }
}

static size_t shown(const struct plot_panel *p, const struct plot_line *l) {
  size_t n = 0;
  for (size_t j = 0; j < l->n; j++)
    n += is_shown(p, l->x[j], l->y[j]);
  return n;
}

static void put_line(FILE *out, const struct plot_panel *p, size_t panel,
                     size_t i, const char *separator) {
  const struct plot_line *l = &p->line[i];
  fprintf(out, "%s$d%zu_%zu using 1:2 with %s title ", separator, panel, i,
          l->is_dashed ? "lines dt 2 lw 2" : "linespoints pt 7 ps 0.7 lw 3");
  put_text(out, l->label);
}

static void put_axis(FILE *out, const char *axis, const char *label,
                     bool is_log) {
  fprintf(out, "set %slabel ", axis);
  put_text(out, label);
  fprintf(out, "\n%s logscale %s\n", is_log ? "set" : "unset", axis);
  const char *format = !is_log ? "%g" : *axis == 'y' ? "10^{%T}" : "%.0s%c";
  fprintf(out, "set format %s \"%s\"\n", axis, format);
}

/* From 0 on; gnuplot warns where all is 0, or one number and the range open. */
static const char *y_range(const struct plot_panel *p) {
  bool is_negative = false, is_positive = false;
  for (size_t i = 0; i < p->lines; i++)
    for (size_t j = 0; j < p->line[i].n; j++) {
      is_negative |= p->line[i].y[j] < 0;
      is_positive |= p->line[i].y[j] > 0;
    }
  if (p->is_log_y || is_negative)
    return p->is_log_y ? "[*:*]" : "[*<0:*]";
  return is_positive ? "[0:*]" : "[0:1]";
}

static void put_panel(FILE *out, const struct plot_panel *p, size_t panel) {
  const char *separator = "plot ";
  fputs("set title ", out);
  put_text(out, p->title);
  fputs(" noenhanced\n", out);
  fputs("set key below left Left reverse samplen 2\n", out);
  put_axis(out, "x", p->x, p->is_log_x);
  put_axis(out, "y", p->y, p->is_log_y);
  fprintf(out, "set yrange %s\n", y_range(p));
  for (size_t i = 0; i < p->lines; i++) {
    if (!shown(p, &p->line[i]))
      continue;
    put_line(out, p, panel, i, separator);
    separator = ", \\\n  ";
  }
  fputs(*separator == 'p' ? "set multiplot next\n" : "\n", out);
}

static void put_svg(const struct plot *p) {
  FILE *out = p->script;
  fprintf(out,
          "set terminal svg size %zu,640 font \"Helvetica,22\" background "
          "\"white\"\nset encoding utf8\nset grid\n"
          "set lmargin 11\n",
          p->panels > 1 ? 700 * p->panels : 1000);
  fprintf(out, "set multiplot layout 1,%zu title ", p->panels);
  put_text(out, p->title);
  fputs(" noenhanced font \",24\"\n", out);
  for (size_t i = 0; i < p->panels; i++)
    put_panel(out, &p->panel[i], i);
  fputs("unset multiplot\n", out);
}

static void put_letters(const struct plot *p) {
  fputs("set terminal dumb 79 24 noenhanced\n", p->script);
  for (size_t i = 0; i < p->panels; i++)
    put_panel(p->script, &p->panel[i], i);
}

static void put_script(const struct plot *p) {
  for (size_t i = 0; i < p->panels; i++)
    put_data(p->script, &p->panel[i], i);
  (p->is_svg ? put_svg : put_letters)(p);
}

/* ---- The program ---- */

_Noreturn static void become_gnuplot(FILE *script, const int pipe[2]) {
  dup2(fileno(script), STDIN_FILENO);
  dup2(pipe[1], STDOUT_FILENO);
  close(pipe[0]);
  close(pipe[1]);
  execlp("gnuplot", "gnuplot", "-", (char *)NULL);
  _exit(127);
}

static bool copy_all(FILE *out, int from) {
  char text[1 << 14];
  ssize_t n;
  bool ok = true;
  while ((n = read(from, text, sizeof text)) > 0)
    ok &= fwrite(text, 1, (size_t)n, out) == (size_t)n;
  return ok && !n;
}

static bool explain(struct error *err, int status) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
    return error_set(err, 0,
                     "--plot needs the program gnuplot, which is not there: "
                     "apt install gnuplot-nox");
  return error_set(err, 0, "gnuplot failed");
}

static bool draw(FILE *out, const void *context) {
  const struct plot *p = context;
  int fd[2], status = 0;
  if (fflush(p->script) || fseek(p->script, 0, SEEK_SET))
    return error_set(p->err, 0, "no room for a temporary file");
  if (pipe(fd))
    return error_set(p->err, 0, "no pipe to gnuplot");
  pid_t child = fork();
  if (!child)
    become_gnuplot(p->script, fd);
  close(fd[1]);
  bool ok = child > 0 && copy_all(out, fd[0]);
  close(fd[0]);
  ok = child > 0 && waitpid(child, &status, 0) == child && !status && ok;
  return ok || explain(p->err, status);
}

/* Makes the script; false with a message. */
static bool begin(struct plot *p) {
  p->script = tmpfile();
  if (!p->script)
    return error_set(p->err, 0, "no room for a temporary file");
  put_script(p);
  return true;
}

bool plot_put(FILE *out, bool is_svg, const char *title,
              const struct plot_panel *panel, size_t panels,
              struct error *err) {
  struct plot p = {is_svg, title, panel, panels, NULL, err};
  if (!begin(&p))
    return false;
  bool ok = draw(out, &p);
  fclose(p.script);
  return ok;
}

bool plot_check_path(const char *path, struct error *err) {
  size_t n = path ? strlen(path) : 0;
  return !path || (n > 4 && !strcmp(path + n - 4, ".svg")) ||
         error_set(err, 0, "--plot %s: must end in .svg", path);
}

bool plot_write(const char *path, const char *title,
                const struct plot_panel *panel, size_t panels,
                struct error *err) {
  struct error failed = {.file = path};
  struct plot p = {true, title, panel, panels, NULL, err};
  if (!begin(&p))
    return false;
  bool ok = file_replace(path, draw, &p, &failed);
  if (!ok && !*err->message)
    *err = failed;
  fclose(p.script);
  return ok;
}
