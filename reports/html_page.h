/*
 * The look and the behaviour of report.html: reports/html/page.css, and the scripts beside it one behind the
 * other, put into the program when it is built.
 */
#ifndef REPORTS_HTML_PAGE_H
#define REPORTS_HTML_PAGE_H

extern const char page_css[], page_js[];

#endif
