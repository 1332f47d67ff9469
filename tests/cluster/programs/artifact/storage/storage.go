// Package storage keeps artifacts as files, KIND/NAMESPACE/NAME/FILE below one folder.
package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/fluxcd/pkg/apis/meta"
	"github.com/fluxcd/pkg/sourceignore"
	"github.com/fluxcd/pkg/sourceignore/gitignore"
	"github.com/fluxcd/pkg/tar"
	godigest "github.com/opencontainers/go-digest"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fluxcd/pkg/artifact/config"
	"github.com/fluxcd/pkg/artifact/digest"
)

const lockSuffix = ".lock"

type Storage struct {
	BasePath string
	Hostname string
	ttl      time.Duration
	records  int
}

// ArchiveFileFilter tells whether a file is left out of the archive.
type ArchiveFileFilter func(path string, info fs.FileInfo) bool

func New(options *config.Options) (*Storage, error) {
	info, err := os.Stat(options.StoragePath)
	if err != nil {
		return nil, fmt.Errorf("storage path: %w", err)
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("storage path '%s' is not a folder", options.StoragePath)
	}
	host := options.StorageAdvAddress
	if host == "" {
		host = options.StorageAddress
	}
	return &Storage{
		BasePath: options.StoragePath,
		Hostname: host,
		ttl:      options.ArtifactRetentionTTL,
		records:  options.ArtifactRetentionRecords,
	}, nil
}

// SourceIgnoreFilter leaves out what the patterns name; without patterns, what Flux leaves out by default.
func SourceIgnoreFilter(patterns []gitignore.Pattern, domain []string) ArchiveFileFilter {
	matcher := sourceignore.NewDefaultMatcher(nil, domain)
	if len(patterns) > 0 {
		matcher = sourceignore.NewMatcher(append(slices.Clone(patterns), sourceignore.VCSPatterns(domain)...))
	}
	return func(path string, info fs.FileInfo) bool {
		return matcher.Match(strings.Split(path, string(filepath.Separator)), info.IsDir())
	}
}

// NewArtifactFor names an artifact; nothing is written yet.
func (s *Storage) NewArtifactFor(kind string, object metav1.Object, revision, file string) meta.Artifact {
	artifact := meta.Artifact{
		Path:     path.Join(strings.ToLower(kind), object.GetNamespace(), object.GetName(), file),
		Revision: revision,
	}
	s.SetArtifactURL(&artifact)
	return artifact
}

// SetArtifactURL makes the artifact's URL fit the address it is served at now.
func (s *Storage) SetArtifactURL(artifact *meta.Artifact) {
	if artifact != nil && artifact.Path != "" {
		artifact.URL = "http://" + s.Hostname + "/" + strings.TrimPrefix(artifact.Path, "/")
	}
}

// SetHostname returns the URL with the address that artifacts are served at now.
func (s *Storage) SetHostname(address string) string {
	parsed, err := url.Parse(address)
	if err != nil || address == "" {
		return ""
	}
	parsed.Host = s.Hostname
	return parsed.String()
}

// LocalPath is where the artifact's file is, or "" when its path is empty or would leave the storage.
func (s *Storage) LocalPath(artifact meta.Artifact) string {
	if artifact.Path == "" || !filepath.IsLocal(artifact.Path) {
		return ""
	}
	return filepath.Join(s.BasePath, artifact.Path)
}

func (s *Storage) folder(artifact meta.Artifact) (string, error) {
	file := s.LocalPath(artifact)
	if file == "" {
		return "", fmt.Errorf("artifact path '%s' is not inside the storage", artifact.Path)
	}
	return filepath.Dir(file), nil
}

func (s *Storage) MkdirAll(artifact meta.Artifact) error {
	folder, err := s.folder(artifact)
	if err != nil {
		return err
	}
	return os.MkdirAll(folder, 0o755)
}

// Lock keeps other writers of the same artifact out until the returned function is called.
func (s *Storage) Lock(artifact meta.Artifact) (func(), error) {
	if _, err := s.folder(artifact); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(s.LocalPath(artifact)+lockSuffix, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		_ = file.Close()
		return nil, err
	}
	return func() { _ = file.Close() }, nil // closing releases it
}

func (s *Storage) ArtifactExist(artifact meta.Artifact) bool {
	info, err := os.Lstat(s.LocalPath(artifact))
	return err == nil && info.Mode().IsRegular()
}

// VerifyArtifact tells whether the file still has the digest that was recorded.
func (s *Storage) VerifyArtifact(artifact meta.Artifact) error {
	if artifact.Digest == "" {
		return errors.New("artifact has no digest")
	}
	want, err := godigest.Parse(artifact.Digest)
	if err != nil {
		return fmt.Errorf("digest '%s': %w", artifact.Digest, err)
	}
	file, err := os.Open(s.LocalPath(artifact))
	if err != nil {
		return err
	}
	defer file.Close()
	verifier := want.Verifier()
	if _, err := io.Copy(verifier, file); err != nil {
		return err
	}
	if !verifier.Verified() {
		return fmt.Errorf("computed digest doesn't match '%s'", want)
	}
	return nil
}

// write puts a file in place in one step, so that nobody ever downloads half of it, and records what it is.
func (s *Storage) write(artifact *meta.Artifact, produce func(io.Writer) error) error {
	folder, err := s.folder(*artifact)
	if err != nil {
		return err
	}
	temporary, err := os.CreateTemp(folder, ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name()) // without effect once it is renamed
	defer temporary.Close()

	digester := digest.Canonical.Digester()
	if err := produce(io.MultiWriter(temporary, digester.Hash())); err != nil {
		return err
	}
	info, err := temporary.Stat()
	if err != nil {
		return err
	}
	if err := temporary.Chmod(0o644); err != nil {
		return err
	}
	if err := os.Rename(temporary.Name(), s.LocalPath(*artifact)); err != nil {
		return err
	}
	size := info.Size()
	artifact.Size = &size
	artifact.Digest = digester.Digest().String()
	artifact.LastUpdateTime = metav1.Now()
	return nil
}

// Archive writes the folder as a tar.gz that depends on names, modes and contents only.
func (s *Storage) Archive(artifact *meta.Artifact, folder string, filter ArchiveFileFilter) error {
	info, err := os.Stat(folder)
	if err != nil || !info.IsDir() {
		return fmt.Errorf("'%s' is not a folder", folder)
	}
	var options []tar.Option
	if filter != nil {
		options = append(options, tar.WithFilter(filter))
	}
	return s.write(artifact, func(w io.Writer) error {
		_, err := tar.Tar(folder, w, options...)
		return err
	})
}

func (s *Storage) Copy(artifact *meta.Artifact, from io.Reader) error {
	return s.write(artifact, func(w io.Writer) error {
		_, err := io.Copy(w, from)
		return err
	})
}

func (s *Storage) CopyFromPath(artifact *meta.Artifact, file string) error {
	from, err := os.Open(file)
	if err != nil {
		return err
	}
	defer from.Close()
	return s.Copy(artifact, from)
}

// CopyToPath unpacks the artifact and puts one of its files or folders at the given place.
func (s *Storage) CopyToPath(artifact *meta.Artifact, inner, to string) error {
	unpacked, err := os.MkdirTemp("", "artifact-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(unpacked)
	file, err := os.Open(s.LocalPath(*artifact))
	if err != nil {
		return err
	}
	defer file.Close()
	if err := tar.Untar(file, unpacked, tar.WithMaxUntarSize(tar.UnlimitedUntarSize)); err != nil {
		return err
	}
	if inner = filepath.Clean(inner); inner != "." && !filepath.IsLocal(inner) {
		return fmt.Errorf("path '%s' is not inside the artifact", inner)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return copyTree(filepath.Join(unpacked, inner), to)
}

func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		target := filepath.Join(to, relative)
		if entry.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		info, err := entry.Info()
		if err != nil || !info.Mode().IsRegular() {
			return err
		}
		content, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(target, content, info.Mode().Perm())
	})
}

// Symlink points a fixed name beside the artifact at it, and returns the URL of that name.
func (s *Storage) Symlink(artifact meta.Artifact, name string) (string, error) {
	folder, err := s.folder(artifact)
	if err != nil {
		return "", err
	}
	temporary := filepath.Join(folder, "."+name+".new")
	if err := os.Remove(temporary); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if err := os.Symlink(filepath.Base(artifact.Path), temporary); err != nil {
		return "", err
	}
	if err := os.Rename(temporary, filepath.Join(folder, name)); err != nil {
		return "", err
	}
	return "http://" + s.Hostname + "/" + path.Join(path.Dir(artifact.Path), name), nil
}

func (s *Storage) Remove(artifact meta.Artifact) error {
	if _, err := s.folder(artifact); err != nil {
		return err
	}
	return os.Remove(s.LocalPath(artifact))
}

// RemoveAll removes the folder with all artifacts of one object, and returns it when there was one.
func (s *Storage) RemoveAll(artifact meta.Artifact) (string, error) {
	folder, err := s.folder(artifact)
	if err != nil {
		return "", err
	}
	if folder == filepath.Clean(s.BasePath) {
		return "", fmt.Errorf("artifact path '%s' names no object", artifact.Path)
	}
	if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return folder, os.RemoveAll(folder)
}

// GarbageCollect removes superseded artifacts of the same object, with their locks, and returns them: those past
// their time, but never the current one and never the newest few.
func (s *Storage) GarbageCollect(ctx context.Context, current meta.Artifact, limit time.Duration) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	folder, err := s.folder(current)
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	type candidate struct {
		name     string
		modified time.Time
	}
	var old []candidate
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || !info.Mode().IsRegular() || strings.HasSuffix(entry.Name(), lockSuffix) ||
			strings.HasPrefix(entry.Name(), ".") || entry.Name() == filepath.Base(current.Path) {
			continue
		}
		old = append(old, candidate{entry.Name(), info.ModTime()})
	}
	slices.SortFunc(old, func(a, b candidate) int { return b.modified.Compare(a.modified) })

	var removed []string
	for i, artifact := range old {
		if err := ctx.Err(); err != nil {
			return removed, err
		}
		if i < s.records-1 || time.Since(artifact.modified) < s.ttl {
			continue
		}
		file := filepath.Join(folder, artifact.name)
		if err := os.Remove(file); err != nil {
			return removed, err
		}
		_ = os.Remove(file + lockSuffix)
		removed = append(removed, file)
	}
	return removed, nil
}
